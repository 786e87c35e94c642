/** The version of this package. Importing package.json instead would need a bundler in some pages. */
export const VERSION = '0.1.0';
