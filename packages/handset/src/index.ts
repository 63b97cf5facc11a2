export * from './soft-handler-types.ts';
