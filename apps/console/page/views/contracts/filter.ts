import type { ContractView } from '../../../src/api-types.ts'

/** Those in which a word occurs: a type, a service, a field, or in the prose. */
export function found(contracts: readonly ContractView[], words: string): ContractView[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return contracts.filter((one) => {
    const text = JSON.stringify([one.type, one.emitter, one.consumers, one.prose, one.example]).toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}
