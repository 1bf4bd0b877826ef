import { rowName } from '../command.ts'
import type { Story } from './story.ts'

const LETTER = /(?<=became dead letter) (\d+)/

/** What several services wait for is said once, and letters by the names that every command takes. */
export function waitsTogether(waits: Story['waits']): { readonly services: readonly string[]; readonly why: string }[] {
  // A service that names itself is named before its words anyhow.
  const same = Map.groupBy(waits, ({ service, why }) => why.replace(LETTER, '').replace(new RegExp(`^${service} `), ''))
  return [...same].map(([why, of]) => {
    const letters = of.flatMap(letterOf)
    const named = `became dead letter${letters.length > 1 ? 's' : ''} ${letters.join(', ')}`
    const services = [...new Set(of.map(({ service }) => service))]
    const whole = letters.length > 0 ? why.replace('became dead letter', named) : why
    return { services, why: services.length > 1 ? asOfSeveral(whole) : whole }
  })
}

const PLURAL: Readonly<Record<string, string>> = { waits: 'wait', has: 'have', is: 'are' }
const asOfSeveral = (why: string) => why.replace(/^(waits|has|is)\b/, (verb) => PLURAL[verb]!)

function letterOf({ service, why }: Story['waits'][number]): string[] {
  const [, id] = LETTER.exec(why) ?? []
  return id === undefined ? [] : [rowName({ service, id })]
}
