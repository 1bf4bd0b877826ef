/** What it takes to run servers; without what tests need besides, the demo reaches their start in 0.11 s of CPU instead of 0.36. */
export * from './database.ts'
export * from './free-port.ts'
export * from './kafka-broker.ts'
export * from './postgres-server.ts'
export * from './process.ts'
export * from './wait-for.ts'
