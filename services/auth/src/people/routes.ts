import { type People } from '@commonpurse/shared/access';
import { PersonState } from '@commonpurse/shared/contracts';
import { type Endpoint, endpoint, notFound } from '@commonpurse/shared/http';
import { z } from 'zod';

/** So many at most are asked about at once. */
const idsMax = 64;
const Ids = z.string().transform((text) => text.split(','));

export const peopleRoutes = (people: People): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/internal/people',
    operationId: 'getPeople',
    tag: 'internal',
    summary: 'Several people as of now; those who are none are left out',
    admission: 'service',
    query: z.strictObject({ ids: Ids.pipe(z.array(z.string().min(1).max(128)).max(idsMax)) }),
    answers: { 200: { description: 'The people', schema: z.strictObject({ people: z.array(PersonState) }) } },
    handle: async ({ query }) => {
      const found = await Promise.all([...new Set(query.ids)].map((id) => people.find(id)));
      return { status: 200, body: { people: found.filter((person) => person !== null) } };
    },
  }),
  endpoint({
    method: 'get',
    path: '/internal/people/:id',
    operationId: 'getPerson',
    tag: 'internal',
    summary: 'A person as of now, for services whose mirror is behind',
    admission: 'service',
    params: z.strictObject({ id: z.string().max(128) }),
    answers: { 200: { description: 'The person', schema: PersonState } },
    refusals: ['not-found'],
    handle: async ({ params }) => {
      const person = await people.find(params.id);
      if (person === null) throw notFound();
      return { status: 200, body: person };
    },
  }),
];
