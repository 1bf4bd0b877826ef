import type { ServicePulse } from '../../../src/api-types.ts'
import { WAITING } from './code-groups.ts'

/** Open letters of a service, as they are counted everywhere: what only waits behind one is no cause. */
export const causesOf = (letters: ServicePulse['letters']): number => (letters ? letters.open - (letters.byCode[WAITING] ?? 0) : 0)
