import { dashboard } from './dashboard.ts'
import { figure, lines } from './panels.ts'
import { orNone, orZero, percentileColors, percentiles, perSecond, quantile, requests } from './promql.ts'

const colors = {
  placed: 'text',
  dispatched: 'green',
  payment_failed: 'orange',
  out_of_stock: 'yellow',
  cancelled: 'purple',
}

const ended = (status: string, window = '$__range') => `sum(increase(orders_ended_total{status="${status}"}[${window}]))`
const share = (status: string, window = '$__range') =>
  `(${orZero(ended(status, window))}) / (sum(increase(orders_ended_total[${window}])) > 0)`
const dispatched = 'status="dispatched"'
const money = (movement: string, window = '$__range') =>
  orZero(`sum(increase(payments_money_total{movement="${movement}"}[${window}])) / 100`)

const placed = 'sum(increase(orders_placed_total[15m]))'
const everyEnd = 'sum(increase(orders_ended_total[15m]))'
const recalled = 'sum(increase(event_handling_latency_seconds_count{service="orders", type="ParcelRecalled"}[15m]))'

export const orderFlow = dashboard({
  uid: 'order-flow',
  title: 'Order flow',
  description: 'What customers get: orders in, how they end and how fast, and the money.',
  rows: [
    {
      title: 'Over the time shown',
      height: 4,
      panels: [
        figure({
          title: 'Orders per second',
          shows: 'Orders answered 201, by all instances of orders.',
          wrong: 'nothing while customers buy: look at the answers to POST /orders below; a restart of orders costs a moment, no order.',
          runbook: 'service-down',
          unit: 'short',
          width: 4,
          decimals: 1,
          queries: [[orZero('sum(rate(orders_placed_total[$__rate_interval]))'), 'orders/s']],
        }),
        figure({
          title: 'Placed',
          shows: 'Orders placed in the time shown. Estimated between scrapes, so it need not be whole.',
          wrong: 'compare with Ended: a large difference that grows is orders standing still somewhere.',
          runbook: 'lag',
          unit: 'short',
          width: 4,
          decimals: 0,
          queries: [[orZero('sum(increase(orders_placed_total[$__range]))'), 'placed']],
        }),
        figure({
          title: 'POST to dispatched, p95',
          shows:
            'From the answer to POST /orders until orders knew of the dispatch: through payments and warehouse, over Kafka, for 95 of 100 orders.',
          wrong: 'look at lag first, then at the outbox, then at effects that wait for the payment provider.',
          runbook: 'slow-handling',
          unit: 's',
          width: 4,
          limits: { yellow: 2, red: 10 },
          queries: [[quantile(0.95, 'order_duration_seconds', { where: dispatched, window: '$__range' }), 'p95']],
        }),
        figure({
          title: 'Declined',
          shows: 'Share of the ended orders whose payment the provider declined. That is business, no fault.',
          wrong: "a jump is the provider's or the customers' doing: ask the provider; nothing here needs repair.",
          unit: 'percentunit',
          width: 4,
          decimals: 1,
          limits: { yellow: 0.3, red: 0.6 },
          queries: [[share('payment_failed'), 'declined']],
        }),
        figure({
          title: 'Captured less refunded',
          shows: 'Money taken less money given back in the time shown, in units (two decimals) of the shop’s currency.',
          wrong:
            'below zero is possible for a while: refunds follow their captures. For longer, refunds without orders: read the books of payments.',
          unit: 'currencyEUR',
          width: 4,
          decimals: 0,
          queries: [[`(${money('captured')}) - (${money('refunded')})`, 'net']],
        }),
        figure({
          title: 'In flight',
          shows:
            'Placed less ended over the last 15 minutes: what is under way or stands still. A recalled parcel is added, since its order ended twice. Estimated, so near zero it is rough.',
          wrong: 'growing without end: one consumer stands (see Consumer lag), or a provider is down (see effects in Services).',
          runbook: 'lag',
          unit: 'short',
          width: 4,
          decimals: 0,
          limits: { yellow: 500, red: 5_000 },
          queries: [[`clamp_min((${orZero(placed)}) - (${orZero(everyEnd)}) + (${orZero(recalled)}), 0)`, 'in flight']],
        }),
      ],
    },
    {
      title: 'In, and out',
      height: 9,
      panels: [
        lines({
          title: 'Orders placed and ended, per second',
          shows: 'Orders in, and how they end: dispatched, payment failed, out of stock, cancelled.',
          wrong: '"placed" above the sum of the others for long: orders pile up between the services; see Consumer lag.',
          runbook: 'lag',
          unit: 'short',
          width: 12,
          colors,
          queries: [
            [orZero('sum(rate(orders_placed_total[$__rate_interval]))'), 'placed'],
            [perSecond('orders_ended_total', 'status'), '{{status}}'],
          ],
        }),
        lines({
          title: 'POST to dispatched',
          shows: 'Time from the answer to POST /orders until orders knew of the dispatch; the median, and the slowest 5 and 1 of 100.',
          wrong:
            'median up: something is slow for everybody (lag, outbox, provider). Only p99 up: retries, a rebalance or a restarted process.',
          runbook: 'slow-handling',
          unit: 's',
          width: 12,
          colors: percentileColors,
          queries: percentiles('order_duration_seconds', dispatched),
        }),
        lines({
          title: 'Share of ends that are not dispatched',
          shows: 'Of the orders that ended in the last 5 minutes: declined, out of stock, cancelled.',
          wrong:
            'declined: ask the payment provider. Out of stock: receive stock. Cancelled: customers, or operators ending orders by hand.',
          unit: 'percentunit',
          width: 8,
          max: 1,
          colors: { declined: 'orange', 'out of stock': 'yellow', cancelled: 'purple' },
          queries: [
            [share('payment_failed', '5m'), 'declined'],
            [share('out_of_stock', '5m'), 'out of stock'],
            [share('cancelled', '5m'), 'cancelled'],
          ],
        }),
        lines({
          title: 'Money per minute',
          shows: 'Captured and refunded by payments, in units (two decimals) of the shop’s currency.',
          wrong: 'captured falls to zero while orders come in: the provider is down, charges wait and are tried for ever; nothing is lost.',
          runbook: 'effects-waiting',
          unit: 'currencyEUR',
          width: 8,
          decimals: 0,
          colors: { captured: 'green', refunded: 'purple' },
          queries: [
            [money('captured', '1m'), 'captured'],
            [money('refunded', '1m'), 'refunded'],
          ],
        }),
        lines({
          title: 'Answers to POST /orders, per second',
          shows:
            'By HTTP status: 201 placed, 200 the same Idempotency-Key again, 4xx refused, 429 too many from one customer, 503 the outbox is too full.',
          wrong: '503: Kafka is away or the relay stands, orders sheds load on purpose. 5xx else: read the log of orders.',
          runbook: 'outbox-stuck',
          unit: 'short',
          width: 8,
          queries: [
            [
              orNone(
                requests('http_response_status_code', 'http_request_method="POST", http_route="/orders"'),
                'http_response_status_code',
              ),
              '{{http_response_status_code}}',
            ],
          ],
        }),
      ],
    },
    {
      title: 'The events behind it',
      height: 8,
      panels: [
        lines({
          title: 'Events published, per second, by topic',
          shows:
            'What Kafka acknowledged. A dispatched order makes seven: placed, reserved, captured, dispatched, points awarded, two mails sent.',
          wrong: 'one topic silent while the others go on: the relay of that service stands.',
          runbook: 'outbox-stuck',
          unit: 'short',
          width: 12,
          queries: [
            [
              perSecond('messaging_client_sent_messages_total', 'messaging_destination_name', 'messaging_destination_name=~".*[.]v1"'),
              '{{messaging_destination_name}}',
            ],
          ],
        }),
        lines({
          title: 'Ends in 5 minutes',
          shows: 'How the orders of the last 5 minutes ended, stacked.',
          wrong: 'a colour that was not there before: see its share above.',
          unit: 'short',
          width: 12,
          stacked: true,
          colors,
          queries: [['sum by (status) (increase(orders_ended_total[5m]))', '{{status}}']],
        }),
      ],
    },
  ],
})
