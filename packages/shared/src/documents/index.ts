export * from './documents.ts';
export * from './upsert.ts';
export * from './on-behalf-of.ts';
export { allInSlices, TimeSlice } from './time-slice.ts';
