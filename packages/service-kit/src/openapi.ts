import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

type Responses = Record<string, unknown>
type Document = { paths?: Record<string, Record<string, { responses?: Responses }>> }

const PROBLEM = {
  description: 'What went wrong (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** `/openapi.json` (OpenAPI 3.1, from the routes' zod schemas) and `/docs`, a page to read and try it. */
export async function serveOpenApi(app: FastifyInstance, { service, version }: { service: string; version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Quadrille: ${service}`, version },
      components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
    },
    // Both, or references between schemas dangle.
    transform: jsonSchemaTransform,
    transformObject: (document) => withProblems(jsonSchemaTransformObject(document) as Document) as never,
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}

/** Every operation may answer with a problem; no route has to say so. */
function withProblems(document: Document): Document {
  for (const operation of Object.values(document.paths ?? {}).flatMap(Object.values))
    operation.responses = { ...operation.responses, default: PROBLEM }
  return document
}
