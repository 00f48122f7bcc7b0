import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import type { StartedServer, WayToServers } from './backing-services.ts';
import type { ServerName } from './real-suites.ts';

/** Servers in containers, where an engine answers. */
export function containers(): WayToServers {
  let engine: Promise<boolean> | undefined;
  return async (server) => {
    engine ??= getContainerRuntimeClient().then(
      () => true,
      () => false,
    );
    return (await engine) ? start[server]() : 'no Docker engine';
  };
}

const start: Readonly<Record<ServerName, () => Promise<StartedServer>>> = {
  mongodb: async () => {
    const container = await new GenericContainer('mongo:8')
      .withCommand(['--replSet', 'rs0', '--bind_ip_all'])
      .withExposedPorts(27_017)
      .withWaitStrategy(Wait.forLogMessage(/waiting for connections/i))
      .start();
    const initiate = `rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'localhost:27017' }] });
      while (!db.hello().isWritablePrimary) sleep(50);`;
    const { exitCode, output } = await container.exec(['mongosh', '--quiet', '--eval', initiate]);
    if (exitCode !== 0) throw new Error(`mongo:8 did not become a replica set: ${output}`);
    return started(container, { MONGODB_URL: `mongodb://${addressOf(container, 27_017)}/?directConnection=true` });
  },
  rabbitmq: async () => {
    const container = await new GenericContainer('rabbitmq:4-management')
      .withExposedPorts(5672, 15_672)
      .withWaitStrategy(Wait.forLogMessage(/Server startup complete/))
      .start();
    return started(container, {
      RABBITMQ_URL: `amqp://guest:guest@${addressOf(container, 5672)}`,
      RABBITMQ_MANAGEMENT_URL: `http://guest:guest@${addressOf(container, 15_672)}`,
    });
  },
  redis: async () => {
    const container = await new GenericContainer('redis:8')
      .withCommand(['redis-server', '--appendonly', 'yes'])
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
      .start();
    return started(container, { REDIS_URL: `redis://${addressOf(container, 6379)}` });
  },
};

const addressOf = (container: StartedTestContainer, port: number): string => `${container.getHost()}:${container.getMappedPort(port)}`;

const started = (container: StartedTestContainer, variables: Record<string, string>): StartedServer => ({
  variables,
  stop: async () => void (await container.stop()),
});
