/** The lanes of more than these are sorted, and can be filtered. */
export const FEW = 8;
