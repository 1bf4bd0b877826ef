// Node 24 strips the types itself, so no transformer runs. Three tiers: no I/O, real PostgreSQL and Kafka, real processes.
const tier = (name, testMatch, more = {}) => ({ displayName: name, testMatch, transform: {}, extensionsToTreatAsEsm: ['.ts'], ...more })
const infra = {
  globalSetup: '<rootDir>/packages/testing/src/jest/setup.ts',
  globalTeardown: '<rootDir>/packages/testing/src/jest/teardown.ts',
}

export default {
  testTimeout: 30_000, // a real broker under load takes its time; a hang still ends
  maxWorkers: 1, // two cores: brokers and databases need the other one
  reporters: ['default', '<rootDir>/packages/testing/src/jest/summary.mjs'],
  projects: [
    tier('unit', ['**/*.unit.test.ts']),
    tier('int', ['**/*.int.test.ts'], infra),
    tier('scenarios', ['<rootDir>/scenarios/**/*.scenario.test.ts']),
  ],
}
