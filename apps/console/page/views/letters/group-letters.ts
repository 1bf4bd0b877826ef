import { type Child, html, useEffect, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { button } from '../../widgets/button.ts'
import { failed, loading } from '../../widgets/state.ts'
import { table } from '../../widgets/table.ts'
import { counted, shortOf } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import type { GroupProps } from './group.ts'
import { type Letter, letterName } from './selection.ts'
import { typeOf } from './types.ts'

const PAGE = 50

/** Each letter of the group, oldest first, some at a time. */
export function GroupLetters({ group, now, round, chosen, onChoose }: GroupProps): Child {
  const { service, code, open } = group
  const [limit, setLimit] = useState(PAGE)
  const filter = new URLSearchParams({ open: 'true', code, limit: String(Math.min(limit, 500)) })
  const load = useLoad(`${service} ${code} ${limit}`, async (signal) => {
    const letters = await askService<readonly Omit<Letter, 'service'>[]>(service, `/admin/dead-letters?${filter}`, { signal })
    return letters.map((letter): Letter => ({ service, ...letter }))
  })
  useEffect(load.again, [open, round])
  if (!load.data) return load.error === undefined ? loading(3) : failed('They could not be read.', load.error, load.again)
  const letters = load.data
  const all = letters.every((one) => chosen.has(letterName(one)))
  return html`
    <label class="all">${box('Choose all that are shown', all, (on) => onChoose(chosenWith(chosen, letters, on)))} all that are shown</label>
    ${table({ label: `${code} at ${service}`, columns: columnsFor(now, chosen, onChoose), rows: letters, keyOf: letterName })}
    ${letters.length < open && letters.length === limit && limit < 500 && html`<p class="more">${button({ label: `Show more of ${counted(open, 'letter')}`, small: true, onClick: () => setLimit(limit * 4) })}</p>`}
  `
}

function chosenWith(chosen: GroupProps['chosen'], letters: readonly Letter[], on: boolean): GroupProps['chosen'] {
  const next = new Map(chosen)
  for (const letter of letters) {
    if (on) next.set(letterName(letter), letter)
    else next.delete(letterName(letter))
  }
  return next
}

function columnsFor(now: number, chosen: GroupProps['chosen'], onChoose: GroupProps['onChoose']) {
  return [
    {
      title: 'Choose',
      class: 'box',
      cell: (letter: Letter) =>
        box(`Choose ${letterName(letter)}`, chosen.has(letterName(letter)), (on) => onChoose(chosenWith(chosen, [letter], on))),
    },
    {
      title: 'Letter',
      cell: (letter: Letter) => html`<a data-row href=${hrefOf('letters', letterName(letter))}><code>${letterName(letter)}</code></a>`,
    },
    { title: 'Of', cell: (letter: Letter) => (letter.effectKey ? `effect ${letter.effectKey.split(':')[0]}` : typeOf(letter)) },
    {
      title: 'Order',
      cell: ({ orderId }: Letter) =>
        orderId === null
          ? html`<span class="soft">none</span>`
          : html`<a href=${hrefOf('orders', orderId)} title=${orderId}><code>${shortOf(orderId)}</code></a>`,
    },
    { title: 'Attempts', number: true, cell: ({ attempts }: Letter) => attempts },
    { title: 'Parked', cell: ({ parkedAt }: Letter) => ago(parkedAt, now) },
    { title: 'Error', class: 'wrap error', cell: ({ error }: Letter) => html`<span class="two-lines" title=${error}>${error}</span>` },
  ]
}

const box = (label: string, checked: boolean, set: (on: boolean) => void): VNode =>
  html`<input type="checkbox" aria-label=${label} checked=${checked} onChange=${(event: Event) => set((event.target as HTMLInputElement).checked)} />`
