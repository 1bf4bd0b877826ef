import { readAddresses, smoke } from './smoke.ts'

const failed = await smoke(readAddresses(process.env), console.log)
console.log(failed === 0 ? '\nAll is well.' : `\n${failed} of the checks failed.`)
process.exit(failed === 0 ? 0 : 1)
