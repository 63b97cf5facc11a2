export { readExchangeConfig } from './config.ts';
export type { ExchangeConfig } from './config.ts';
export { startExchange } from './exchange.ts';
export type { Exchange } from './exchange.ts';
