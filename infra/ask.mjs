// Asks the container's own service, with the operators' token it was started with; nothing else needs a published port:
//   docker compose exec payments node infra/ask.mjs GET '/admin/dead-letters?open=true'
//   docker compose exec payments node infra/ask.mjs POST /admin/dead-letters/7/discard '{"reason":"never an event"}'
const [method = 'GET', path = '/readyz?verbose', body] = process.argv.slice(2)
const headers = { authorization: `Bearer ${process.env.OPS_TOKEN ?? ''}`, ...(body && { 'content-type': 'application/json' }) }
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, { method, headers, body })
process.stdout.write(`${await answer.text()}\n`)
process.exitCode = answer.ok ? 0 : 1
