import { type DestinationStream, type Logger, pino } from 'pino';
import type { Configuration } from './configuration.ts';

/**
 * The service's log: one JSON object a line. What is logged is chosen where it is logged; no
 * request, no error message of others and no patient data is handed to it. Tokens are taken out
 * here too, should one slip in.
 */
export function createLogger(
  level: Configuration['logLevel'],
  destination?: DestinationStream,
): Logger {
  const options = {
    level,
    base: { service: 'vigilnote' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'accessToken',
        '*.accessToken',
        'access_token',
        '*.access_token',
        'authorization',
        '*.authorization',
      ],
      remove: true,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
