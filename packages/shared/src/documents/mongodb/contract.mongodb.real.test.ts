import { describeDocuments } from '../documents.contract.ts';
import { openGround } from './testing/open-ground.ts';

describeDocuments('MongoDB', openGround);
