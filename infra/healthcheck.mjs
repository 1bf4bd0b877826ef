// Asks the container's own process whether it is ready.
const port = process.env.PORT ?? process.env.PSP_PORT ?? process.env.MAIL_PORT
const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
process.exit(ready?.ok ? 0 : 1)
