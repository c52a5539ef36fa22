import { kubeError } from '../../core/errors.js';
import { addonRecordsRef, recordsObject } from '../../plan/addons/addon-record.js';
import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import type { Operation } from '../../reconcile/operations.js';
import { objectReadiness } from '../../reconcile/readiness.js';
import { poll, type Look } from '../poll.js';
import type { RunContext } from '../run-context.js';
