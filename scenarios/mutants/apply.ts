import { stripTypeScriptTypes } from 'node:module'
import type { Mutant } from './mutants.ts'

/** The source with the mistake in it. A text that is not there exactly once, or a mistake that does not even parse, proves nothing. */
export function mutated(source: string, { name, file, edits }: Pick<Mutant, 'name' | 'file' | 'edits'>): string {
  const changed = edits.reduce((text, [find, instead]) => {
    const times = text.split(find).length - 1
    if (times !== 1) throw new Error(`"${name}" looks for a text that is ${times} times in ${file}:\n${find}`)
    return text.replace(find, () => instead)
  }, source)
  stripTypeScriptTypes(changed)
  return changed
}
