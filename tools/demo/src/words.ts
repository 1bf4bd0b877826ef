import { portOf, type Site, urlOf } from './parts.ts'

export const help = `Starts Quadrille: Kafka, PostgreSQL, a mail sink, a payment provider, five services and their console, without Docker.

  npx -y pnpm@12 demo                 start everything, stay until Ctrl-C
  npx -y pnpm@12 demo --orders 200    also place a mix of orders, check that nothing was lost and nothing happened twice, and end
                                      (exit code 1 if anything was)

  --fresh      begin with an empty state folder
  --orders N   place N orders: most are paid, some declined, out of stock, cancelled
  --rate N     orders a second (20)
  --seed N     another mix (1)
  --keep       stay up after the orders
  --help

State and logs are in .demo (DEMO_DIR moves it). Needs Java 17+; Maven for the first start alone.
Traces: set OTEL_EXPORTER_OTLP_ENDPOINT, to http://localhost:4318 for example; every service inherits it. LOG_LEVEL=debug: more in the logs.
Ports, and the variables that move them:
  CONSOLE_PORT 3000   ORDERS_PORT 3001    PAYMENTS_PORT 3002   LOYALTY_PORT 3003   EMAIL_PORT 3004   WAREHOUSE_PORT 3005
  PSP_PORT 3010       MAIL_SMTP_PORT 1025   MAIL_PORT 8025     KAFKA_PORT 9092     POSTGRES_PORT 15432
  CONTROL_PORT: where the demo itself listens, for the console's "Break it"; any free one`

/** What to look at, and three curls that work when pasted. */
export function welcome(site: Site): string {
  const { ports } = site
  const shop = `localhost:${ports.ORDERS_PORT}`
  const order = { customer: { id: 'c-1', email: 'ada@example.com' }, items: [{ sku: 'mug-blue', quantity: 2 }], paymentToken: 'tok_ok' }
  return `
  console    ${urlOf(ports.CONSOLE_PORT)}           the dance, live: orders, lag, dead letters, and what operators do

  orders     ${urlOf(ports.ORDERS_PORT)}/docs      payments  ${urlOf(ports.PAYMENTS_PORT)}/docs
  loyalty    ${urlOf(ports.LOYALTY_PORT)}/docs      email     ${urlOf(ports.EMAIL_PORT)}/docs
  warehouse  ${urlOf(portOf(site, 'warehouse'))}/docs      mails     ${urlOf(ports.MAIL_PORT)}
  lag        ${urlOf(ports.CONSOLE_PORT)}/api/lag   charges   ${urlOf(ports.PSP_PORT)}/ledger
  logs       ${site.dir}/logs
  operators' token: ${site.opsToken}

Place an order, see how it stands, and what happened to it:

  ORDER=$(curl -s -XPOST ${shop}/orders -H 'content-type: application/json' -d '${JSON.stringify(order)}' | tee /dev/stderr | sed 's/.*"orderId":"\\([^"]*\\)".*/\\1/'); echo
  curl -s ${shop}/orders/$ORDER
  curl -s ${shop}/orders/$ORDER/events

Is all well, what became of an order, and a check of the whole (of a demo that was moved, with its *_PORT and DEMO_DIR):

  npx -y pnpm@12 ops doctor
  npx -y pnpm@12 ops orders show $ORDER
  npx -y pnpm@12 smoke
`
}
