import { describe, expect, test } from '@jest/globals';
import {
  ConfigurationError,
  isLoopback,
  readConfiguration,
} from '../../../src/server/configuration.ts';

describe('readConfiguration', () => {
  test('an empty environment gives a service on loopback that may call any FHIR server', () => {
    expect(readConfiguration({})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      database: './data',
      provider: 'auto',
      fhirServers: 'any',
      budgetMs: 400,
      noteCategory: 'clinical-note',
      corsOrigins: [],
      logLevel: 'info',
    });
  });

  test('bound to more than loopback, only listed servers may be called', () => {
    expect(readConfiguration({ VIGILNOTE_HOST: '0.0.0.0' }).fhirServers).toEqual([]);
    expect(
      readConfiguration({
        VIGILNOTE_HOST: '0.0.0.0',
        VIGILNOTE_FHIR_SERVERS: 'https://EHR.example:443/fhir/ , http://other.example',
      }).fhirServers,
    ).toEqual(['https://ehr.example/fhir', 'http://other.example']);
  });

  test('values are read as they are meant, empty ones count as unset', () => {
    expect(
      readConfiguration({
        VIGILNOTE_PORT: '0',
        VIGILNOTE_THRESHOLD: '.5',
        VIGILNOTE_NOTE_CATEGORY: 'any',
        VIGILNOTE_CORS_ORIGINS: 'https://sandbox.cds-hooks.org',
        VIGILNOTE_LOG_LEVEL: '',
        HOME: '/root',
        VIGILNOTE_TEST_HAPI_URL: 'http://127.0.0.1:1/fhir',
        VIGILNOTE_FHIR_TOKEN: 'token-1',
      }),
    ).toMatchObject({
      port: 0,
      threshold: 0.5,
      corsOrigins: ['https://sandbox.cds-hooks.org'],
      logLevel: 'info',
    });
    expect(readConfiguration({ VIGILNOTE_NOTE_CATEGORY: 'any' })).not.toHaveProperty(
      'noteCategory',
    );
  });

  test.each([
    ['VIGILNOTE_PORT', '8080x', 'VIGILNOTE_PORT="8080x": must be a whole number from 0 to 65535'],
    ['VIGILNOTE_PORT', '70000', 'VIGILNOTE_PORT="70000": must be a whole number from 0 to 65535'],
    ['VIGILNOTE_PORT', '080', 'must be a whole number'],
    ['VIGILNOTE_HOST', 'a b', 'VIGILNOTE_HOST="a b": must be a host name or an IP address'],
    ['VIGILNOTE_PROVIDER', 'gpu', 'VIGILNOTE_PROVIDER="gpu": must be one of auto, cpu, cuda'],
    ['VIGILNOTE_WORKERS', '0', 'must be a whole number from 1 to 64'],
    ['VIGILNOTE_FHIR_SERVERS', 'ehr.example', 'must be base URLs such as https://ehr.example/fhir'],
    ['VIGILNOTE_BUDGET_MS', '-1', 'must be a whole number from 0 to 60000'],
    ['VIGILNOTE_THRESHOLD', '1.2', 'must be a number from 0 to 1'],
    ['VIGILNOTE_CORS_ORIGINS', 'https://a.example/x', 'must be origins such as'],
    [
      'VIGILNOTE_LOG_LEVEL',
      'loud',
      'must be one of trace, debug, info, warn, error, fatal, silent',
    ],
    ['VIGILNOTE_PUBLIC_URL', 'vigilnote', 'must be an absolute URL'],
    [
      'VIGILNOTE_PROT',
      '80',
      'VIGILNOTE_PROT is no variable of Vigilnote; there are VIGILNOTE_PORT',
    ],
  ])('%s=%s is refused with what is allowed', (name, value, message) => {
    expect(() => readConfiguration({ [name]: value })).toThrow(ConfigurationError);
    expect(() => readConfiguration({ [name]: value })).toThrow(message);
  });

  test('every bad value is named at once', () => {
    expect(() => readConfiguration({ VIGILNOTE_PORT: 'x', VIGILNOTE_WORKERS: 'y' })).toThrow(
      /VIGILNOTE_PORT="x".*\n.*VIGILNOTE_WORKERS="y"/,
    );
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['127.0.0.1.evil.example', false],
])('isLoopback(%s) is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
