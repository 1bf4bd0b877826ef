import { describe, expect, it } from '@jest/globals'
import { createStory, type Fact } from '@quadrille/testing/story'
import fc from 'fast-check'
import { type MailToSend, sendMail } from '../src/correspondence.ts'
import { email } from '../src/service.ts'
import { compose, subjectOf } from '../src/templates/compose.ts'
import { showMoney } from '../src/templates/money.ts'
import { captured, failed, nameOf, orderId, placed, worthAMail } from './histories.ts'

function mailAbout(fact: Fact): MailToSend {
  const story = createStory(email)
  story.tell(placed)
  story.tell(fact)
  return [...story.effects.values()].find(({ kind }) => kind === sendMail.kind)!.payload as MailToSend
}

describe('mails, when they are written', () => {
  it.each(worthAMail.map((fact) => [nameOf(fact), fact] as const))('%s: says the same as text and as HTML', (_, fact) => {
    const { subject, text, html } = compose(mailAbout(fact))
    const words = (content: string) => content.replace(/\s+|:/g, ' ').replace(/ +/g, ' ').trim()
    const body = html.slice(html.indexOf('<body')).replace(/<[^>]*>/g, ' ')
    expect(words(body)).toBe(words(text))
    expect([subject, text]).toMatchSnapshot()
  })

  it('shows what was ordered, with the total', () => {
    const { text } = compose(mailAbout(captured))
    expect(text).toContain('2 × Enamel mug, blue: €25.80')
    expect(text).toContain('Total: €34.70')
  })

  it('shows nobody else’s text as markup', () => {
    const mail = mailAbout({ ...failed, data: { orderId, reason: '<img src=x onerror=alert(1)> & "co"' } as Fact['data'] })
    expect(compose(mail).html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;co&quot;')
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (reason) => {
        const { html } = compose({ ...mail, about: { ...mail.about, reason } } as MailToSend)
        expect(html.match(/</g)!.length).toBe(
          compose({ ...mail, about: { ...mail.about, reason: 'x' } } as MailToSend).html.match(/</g)!.length,
        )
      }),
    )
  })

  it('name the order in the subject by the end of its id', () => {
    expect(subjectOf('OrderDispatched', orderId)).toBe('Your parcel is on its way (0A1C2D4E)')
  })

  it('show money in the minor units of its currency', () => {
    expect([showMoney(3470, 'EUR'), showMoney(5, 'USD'), showMoney(3470, 'JPY')]).toEqual(['€34.70', 'US$0.05', 'JP¥3,470'])
  })
})
