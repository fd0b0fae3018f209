// Where the project is, outside of this page: the only place with these addresses.

export const REPOSITORY = "https://github.com/prefect-events/prefect-events";
export const DOCUMENTATION = `${REPOSITORY}/tree/main/docs`;
export const COMMAND_LINE = `${REPOSITORY}/blob/main/docs/command-line.md`;
