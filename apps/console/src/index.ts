export { createConsole } from './app.ts'
export type { GroupLag, PartitionLag } from './lag.ts'
export { createLagReader, type LagView } from './reader.ts'
export { reads } from './reads.ts'
