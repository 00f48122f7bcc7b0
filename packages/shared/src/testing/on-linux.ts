/** `onLinux(test)('...', ...)`: what only Linux has, such as /proc, is tested there and skipped elsewhere. */
export const onLinux = <T extends { readonly skip: unknown }>(test: T): T | T['skip'] => (process.platform === 'linux' ? test : test.skip);
