import type { Infra } from '../infra.ts'

const KEY = Symbol.for('quadrille.testing.running')
const world = globalThis as { [KEY]?: { infra?: Promise<Infra> } }
world[KEY] ??= {}

/** What this run has started. Jest may load setup and teardown as separate module instances, hence the global. */
export const running = world[KEY]
