/** The limit that the figures are held against: a bare `node:http` server that does only the durable work of a request (one appended
 *  line, one fsync for all that wait) or only the read (finding and writing out what is asked for), with no identity, validation, events
 *  or second copy of anything. Started as a process of its own; says where it listens. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bareAnswers } from './support/bare-answers.ts';
import { openJournal } from './support/bare-journal.ts';

const server = createServer(bareAnswers(openJournal(process.argv[2]!, 'limit')));
server.listen(0, '127.0.0.1', () => console.log(`limit http://127.0.0.1:${(server.address() as AddressInfo).port}`));
