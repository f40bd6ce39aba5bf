// Every way the partners' service refuses a tenant, beside what every agency's service refuses. README.md has the table.

import { refusal } from '@sitebus/sdk';

/** A file larger than one tenant may send. */
export const fileOverQuota = refusal<{ maxBytes: number }>({ code: 'FILE_OVER_QUOTA', retriable: false });
/** More items than one tenant may send in an hour. */
export const quotaSpent = refusal<{ retryAfterSeconds: number }>({ code: 'QUOTA_SPENT', retriable: true });
