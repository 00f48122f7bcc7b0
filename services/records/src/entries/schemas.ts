import { RecordView } from '@commonpurse/shared/contracts';
import { listParameters } from '@commonpurse/shared/http';
import { z } from 'zod';
import { RecordParameters, sortNames } from './record-filter.ts';

/** Ids are opaque; one of another form is simply not there. */
export const RecordParams = z.object({ id: z.string().max(128) });

export const ListQuery = z.strictObject({
  ...RecordParameters,
  owner: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: "Whose records: a user's id, or `all` for everybody's that you may see; without it, your own" }),
  sort: z
    .enum(sortNames)
    .prefault('-date')
    .meta({ override: { type: 'string', enum: [...sortNames], default: '-date' } }),
  ...listParameters,
});

export const ViewsBody = z.strictObject({ viewerId: z.string().min(1).max(128), ids: z.array(z.string().max(128)).max(1000) });
export const Views = z.strictObject({ records: z.record(z.string(), RecordView.nullable()) });
