import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { sampleApp } from './fakes.ts'

const Line = z.object({ sku: z.string(), quantity: z.int() }).meta({ id: 'Line' })

async function documented() {
  const { app } = await sampleApp()
  const schema = { summary: 'Place an order', body: z.strictObject({ items: z.array(Line) }), response: { 201: z.array(Line) } }
  app.post('/orders', { schema }, async (_request, reply) => reply.code(201).send([]))
  return app
}

/** Every `$ref` of a document. */
const refsOf = (document: unknown) => [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref!.split('/'))
const at = (document: unknown, path: string[]) => path.reduce((part, name) => (part as Record<string, unknown>)?.[name], document)

describe('OpenAPI, when a service has routes', () => {
  it('is a 3.1 document whose references all lead somewhere', async () => {
    const document = (await (await documented()).inject('/openapi.json')).json()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(['/orders'])
    expect(document.paths['/orders'].post.requestBody.content['application/json'].schema).toMatchObject({ additionalProperties: false })
    expect(refsOf(document).length).toBeGreaterThanOrEqual(3)
    expect(refsOf(document).filter((path) => at(document, path) === undefined)).toEqual([])
  })

  it('tells that any operation may answer with a problem', async () => {
    const document = (await (await documented()).inject('/openapi.json')).json()
    const { content } = document.paths['/orders'].post.responses.default
    expect(content['application/problem+json'].schema).toEqual({ $ref: '#/components/schemas/Problem' })
    expect(document.components.schemas.Problem.required).toEqual(expect.arrayContaining(['type', 'title', 'status', 'code']))
  })

  it('has a page', async () => {
    expect((await (await documented()).inject('/docs/')).body).toContain('swagger-ui')
  })
})
