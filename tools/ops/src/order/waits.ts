import { rowName } from '../command.ts'
import type { Story } from './story.ts'

const LETTER = /(?<=became dead letter) (\d+)/

/** What several services wait for is said once, and letters by the names that every command takes. */
export function waitsTogether(waits: Story['waits']): { readonly services: readonly string[]; readonly why: string }[] {
  const same = Map.groupBy(waits, ({ why }) => why.replace(LETTER, ''))
  return [...same].map(([why, of]) => {
    const letters = of.flatMap(letterOf)
    const named = `became dead letter${letters.length > 1 ? 's' : ''} ${letters.join(', ')}`
    const services = [...new Set(of.map(({ service }) => service))]
    return { services, why: letters.length > 0 ? why.replace('became dead letter', named) : why }
  })
}

function letterOf({ service, why }: Story['waits'][number]): string[] {
  const [, id] = LETTER.exec(why) ?? []
  return id === undefined ? [] : [rowName({ service, id })]
}
