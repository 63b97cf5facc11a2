/** What one has to know of the server to start it, without loading it. */
export { readCommandLine, type CommandLine } from './config/command-line.ts';
export { ConfigError } from './config/config-error.ts';
export { findConfigFile } from './config/config-file.ts';
export { StartError } from './start-error.ts';
