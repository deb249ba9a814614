import type JoiBase from 'joi';
import type { Ranges } from '../security/addresses';
import { webhookUrlFault } from '../security/webhook-url';
import { Joi } from './text';

/** The events that a webhook can receive: how a job ended. */
export const WEBHOOK_EVENTS = ['job.completed', 'job.failed', 'job.canceled'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Where to send the end of a job, and which ends. */
export interface Webhook {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
}

const MAX_URL_CHARS = 2_048;

/** The schema of a submit's `webhook`. `allow`: inner ranges that webhooks may reach; undefined where there are none. */
export const webhookSchema = (allow: Ranges | undefined) =>
  Joi.object<Webhook>({
    url: Joi.string()
      .max(MAX_URL_CHARS)
      .plain()
      .required()
      .custom((text, helpers) => usableUrl(text, helpers, allow))
      // Names of hosts are normalised when a URL is parsed: one that broke a rule above is not.
      .prefs({ abortEarly: true })
      .description('An https URL with port 443 or 8443 that leads to no private address.'),
    events: Joi.array()
      .items(Joi.string().valid(...WEBHOOK_EVENTS))
      .min(1)
      .unique()
      .default(WEBHOOK_EVENTS)
      .description('The ends to notify of.'),
  })
    .custom((webhook, helpers) =>
      allow ? webhook : helpers.message({ custom: 'cannot be used: no WEBHOOK_SECRET is set to sign with' }),
    )
    .description('Where to notify of the end of the job. Requests are signed by Standard Webhooks.');

function usableUrl(text: string, helpers: JoiBase.CustomHelpers<string>, allow: Ranges | undefined) {
  const fault = allow && webhookUrlFault(text, allow);
  if (fault) return helpers.message({ custom: fault });
  if (!allow) return text;
  const { href } = new URL(text);
  // Letters beyond ASCII take up to nine times their length.
  return href.length <= MAX_URL_CHARS
    ? href
    : helpers.message({ custom: `must be at most ${MAX_URL_CHARS} characters long once it is encoded` });
}

const KIND = /^job\./;

/** As a record holds it, and the scripts read it: the ends, a blank, the URL. */
export const packHook = ({ url, events }: Webhook): string =>
  `${events.map((event) => event.replace(KIND, '')).join(',')} ${url}`;

export function unpackHook(hook: string): Webhook {
  const [ends = '', url = ''] = hook.split(' ');
  return { url, events: ends.split(',').flatMap((end) => WEBHOOK_EVENTS.filter((event) => event === `job.${end}`)) };
}
