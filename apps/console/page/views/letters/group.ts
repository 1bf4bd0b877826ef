import { type Child, html, part, type VNode } from '../../html.ts'
import { refine, useRoute } from '../../router.ts'
import { badge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { icon } from '../../widgets/icon.ts'
import { counted } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import { type CodeGroup, groupName, WAITING } from './code-groups.ts'
import { GroupLetters } from './group-letters.ts'
import type { Chosen, Doing } from './open.ts'
import { remedyOf } from './remedy.ts'
import type { Kind } from './selection.ts'

export interface GroupProps {
  readonly group: CodeGroup
  readonly now: number
  /** Another one when letters may have ended. */
  readonly round: number
  readonly chosen: Chosen
  readonly onChoose: (chosen: Chosen) => void
  readonly onDo: (doing: Doing) => void
}

/** Letters of one code at one service: how many, since when, what to do, and on demand each of them. */
export function Group(props: GroupProps): VNode {
  const { service, code, open: many, orders, firstSeen, lastSeen } = props.group
  const open = useRoute().query.group === groupName(props.group)
  const toggle = () => refine({ group: open ? undefined : groupName(props.group) })
  return html`<section class=${`card group ${code === WAITING ? 'waiting' : ''}`} aria-label=${`Group ${code} of ${service}`}>
    <header>
      <button type="button" class="opens" data-row aria-expanded=${open} onClick=${toggle}>
        ${icon(open ? 'down' : 'next')}<b>${service}</b>${badge(code, code === WAITING ? 'quiet' : 'bad')}
        <span>${counted(many, 'letter')} of ${counted(orders, 'order')}</span>
      </button>
      <span class="soft seen">first ${ago(firstSeen, props.now)}, last ${ago(lastSeen, props.now)}</span>
      <span class="does">${actions(props)}</span>
    </header>
    <p class="remedy">${open ? html`<b>${remedyOf(code).cause}</b> ${remedyOf(code).what}` : remedyOf(code).cause}</p>
    ${open && part(GroupLetters, props)}
  </section>`
}

function actions({ group: { service, code }, onDo }: GroupProps): Child {
  const does = (kind: Kind) => () => onDo({ kind, target: { by: 'code', service, code } })
  const { action } = remedyOf(code)
  if (action === 'none') return null
  return html`
    ${button({ label: 'Redrive all…', title: `Redrive all ${code} of ${service}`, small: true, kind: action === 'redrive' ? 'primary' : 'normal', onClick: does('redrive') })}
    ${button({ label: 'Discard all…', title: `Discard all ${code} of ${service}`, small: true, kind: 'danger', onClick: does('discard') })}
  `
}
