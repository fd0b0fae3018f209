// The addresses of the project outside this page; they are only here.

export const REPOSITORY = "https://github.com/prefect-events/prefect-events";
export const DOCUMENTATION = `${REPOSITORY}/tree/main/docs`;
export const SERVER_FAULTS = `${REPOSITORY}/blob/main/docs/server-faults.md`;
export const COMMAND_LINE = `${REPOSITORY}/blob/main/docs/command-line.md`;
