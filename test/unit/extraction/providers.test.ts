import { describe, expect, test } from '@jest/globals';
import { ExtractionError } from '../../../src/extraction/error.ts';
import { openWithProvider } from '../../../src/extraction/providers.ts';

const opens = async (providers: unknown) => providers;
const refusesCuda = async (providers: readonly unknown[] | undefined) => {
  if (providers?.includes('cuda')) throw new Error('libcuda.so.1: cannot open shared object file');
  return providers;
};
const always = { platform: 'linux', arch: 'x64', missing: () => undefined } as const;

describe('auto', () => {
  test('takes CUDA where it loads', async () => {
    expect(await openWithProvider('auto', opens, always)).toEqual({
      value: ['cuda', 'cpu'],
      provider: 'cuda',
    });
  });

  test('falls back to the CPU and says why', async () => {
    expect(await openWithProvider('auto', refusesCuda, always)).toEqual({
      value: ['cpu'],
      provider: 'cpu',
      note: 'cuda does not load: libcuda.so.1: cannot open shared object file',
    });
  });

  test('does not try CUDA where its library is not installed', async () => {
    const tried: unknown[] = [];
    const opened = await openWithProvider('auto', async (providers) => tried.push(providers), {
      ...always,
      missing: () => 'libonnxruntime_providers_cuda.so',
    });
    expect(tried).toEqual([['cpu']]);
    expect(opened.note).toMatch(/libonnxruntime_providers_cuda\.so is not installed/);
  });

  test.each([
    ['darwin', 'arm64'],
    ['linux', 'arm64'],
    ['win32', 'x64'],
  ] as const)('does not try CUDA on %s/%s', async (platform, arch) => {
    const opened = await openWithProvider('auto', opens, { ...always, platform, arch });
    expect(opened).toMatchObject({
      provider: 'cpu',
      note: expect.stringContaining(`${platform}/${arch}`),
    });
  });
});

test('cpu asks for nothing else', async () => {
  expect(await openWithProvider('cpu', refusesCuda, always)).toEqual({
    value: ['cpu'],
    provider: 'cpu',
  });
});

test('cuda fails where it does not load, with the reason and what to do', async () => {
  const failure = openWithProvider('cuda', refusesCuda, always);
  await expect(failure).rejects.toBeInstanceOf(ExtractionError);
  await expect(failure).rejects.toThrow(/provider 'cuda'.*libcuda\.so\.1.*Use 'auto' or 'cpu'/);
});

test('a model that loads nowhere says so for each provider', async () => {
  const failure = openWithProvider(
    'auto',
    async () => Promise.reject(new Error('bad graph')),
    always,
  );
  await expect(failure).rejects.toThrow(
    /cuda does not load: bad graph; cpu does not load: bad graph/,
  );
});
