import { type People } from '@commonpurse/shared/access';
import { PersonState } from '@commonpurse/shared/contracts';
import { type Endpoint, endpoint, notFound } from '@commonpurse/shared/http';
import { z } from 'zod';

export const peopleRoutes = (people: People): Endpoint[] => [
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
