// The contract as an OpenAPI 3.1 document: the input schemas are the validators themselves, so document and behaviour agree.
import { toJsonSchema } from '@valibot/to-json-schema'
import { contract, type RowName } from '../shared/contract.ts'

const errors: Readonly<Record<string, string>> = {
  '400': 'The input does not fit the schema; `path` says where.',
  '401': 'No session: log in with access.login.',
  '403': 'The session has no permission for this.',
  '404': 'There is no such call or thing.',
  '409': 'Something of that name is there already.',
  '422': 'Refused by a rule: limit, interlock, state.',
  '423': 'The log-in is locked after too many wrong passwords.',
  '429': 'Too many requests at a time.',
  '503': 'The runtime or the device cannot answer now.',
}

/** The document as JSON text. */
export function openApiText(version: string): string {
  const paths = Object.fromEntries(
    (Object.keys(contract) as RowName[]).map((name) => [`/api/v1/${name}`, pathOf(name)]),
  )
  return JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: 'Lineside',
      version,
      description:
        'Every call and feed of a Lineside runtime. Status codes are OPC UA numbers (OPC 10000-4), times are milliseconds since 1970-01-01 UTC.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: { ...paths, ...otherPaths },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'The token of access.login.' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: {
                code: {
                  type: 'string',
                  description:
                    'A status code name, or Unauthorized, Forbidden, UnknownCall, InvalidInput, Locked, TooManyRequests.',
                },
                message: { type: 'string' },
                path: { type: 'string', description: 'Where in the input.' },
              },
            },
          },
        },
      },
      responses: Object.fromEntries(
        Object.entries(errors).map(([status, description]) => [
          `Error${status}`,
          { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
        ]),
      ),
    },
  })
}

const otherPaths = {
  '/health': {
    get: {
      operationId: 'health',
      summary: 'Is the runtime up? Open to everybody.',
      tags: ['server'],
      security: [],
      responses: {
        '200': {
          description: 'It is.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['status', 'uptimeMs', 'version', 'firstStart'],
                properties: {
                  status: { const: 'ok' },
                  uptimeMs: { type: 'number' },
                  version: { type: 'string' },
                  firstStart: {
                    type: 'boolean',
                    description: 'No account exists yet: log in with the first-start code.',
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Figures of every part as Prometheus text.',
      tags: ['server'],
      'x-permission': 'maintenance.view',
      responses: {
        '200': { description: 'Prometheus text', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...refusals(),
      },
    },
  },
}

function pathOf(name: RowName): object {
  const row = contract[name]
  const schema = inputSchema(name)
  const shared = {
    operationId: name,
    summary: row.summary,
    tags: [name.split('.')[0]],
    ...(row.permission === null ? { security: [] } : { 'x-permission': row.permission }),
  }
  const requestBody = { required: true, content: { 'application/json': { schema } } }
  if (row.kind === 'call')
    return { post: { ...shared, requestBody, responses: { '200': jsonAnswer('The result.'), ...refusals() } } }
  return {
    get: { ...shared, parameters: parametersOf(schema), responses: { '200': streamAnswer, ...refusals() } },
    post: { ...shared, operationId: `${name}.post`, requestBody, responses: { '200': streamAnswer, ...refusals() } },
  }
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
}

function inputSchema(name: RowName): ObjectSchema {
  const schema = toJsonSchema(contract[name].input, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // `value` of a write: any JSON; what fits is the tag's business.
    overrideAction: ({ valibotAction, jsonSchema }) =>
      // JSON Schema patterns are Unicode patterns without a flag saying so (2020-12 core, section 6.4).
      valibotAction.type === 'regex' ? { ...jsonSchema, pattern: patternOf(valibotAction) } : undefined,
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema.type === 'custom'
        ? customSchema(String((valibotSchema as { message?: unknown }).message))
        : undefined,
  })
  const { $schema: _dialect, ...rest } = schema
  return rest as ObjectSchema
}

/** Rules in code: a long column (`a list of times is expected`), or any JSON value. */
function customSchema(message: string): object {
  return message.startsWith('a list')
    ? { type: 'array', description: message.replace(' is expected', '') }
    : { description: 'Any JSON value.' }
}

function patternOf(action: object): string {
  return 'requirement' in action && action.requirement instanceof RegExp ? action.requirement.source : ''
}

function parametersOf(schema: ObjectSchema): object[] {
  return Object.entries(schema.properties ?? {}).map(([key, inner]) => ({
    name: key,
    in: 'query',
    required: schema.required?.includes(key) === true,
    schema: inner,
  }))
}

function jsonAnswer(description: string): object {
  return { description, content: { 'application/json': { schema: { type: 'object' } } } }
}

const streamAnswer = {
  description: 'Server-Sent Events; each `data:` line is one item as JSON.',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
}

function refusals(): object {
  return Object.fromEntries(
    Object.keys(errors).map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
  )
}
