export function gzipBytes(text: string): number;
export function kB(bytes: number): number;
export function firstLoad<F extends { readonly name: string }>(files: readonly F[]): F[];
export function sdkBytes(): Promise<{ readonly whole: number; readonly own: number }>;
