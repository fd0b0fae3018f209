/** Checks every example of the page: `import "prefect-events/widget/all"`. */
export {};
