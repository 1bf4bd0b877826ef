export { createPsp } from './app.ts'
export { type PspConfig, readConfig } from './config.ts'
export type { LedgerLine } from './operators.ts'
export type { Switch } from './switch.ts'
