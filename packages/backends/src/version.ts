/** Of this package. Importing package.json would need a bundler's help in some pages. */
export const VERSION = '0.1.0';
