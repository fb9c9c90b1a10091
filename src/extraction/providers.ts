import type { InferenceSession } from 'onnxruntime-node';
import { ExtractionError, messageOf } from './error.ts';

export const PROVIDER_OPTIONS = ['auto', 'cpu', 'cuda'] as const;
/** `auto` takes CUDA where it loads and the CPU elsewhere; `cuda` fails where it does not load. */
export type ProviderOption = (typeof PROVIDER_OPTIONS)[number];
export type ProviderName = Exclude<ProviderOption, 'auto'>;

interface ProviderDescription {
  readonly executionProviders: InferenceSession.SessionOptions['executionProviders'];
  /** Why it cannot be there on a platform, or undefined where it can be tried. */
  unavailable(platform: NodeJS.Platform, arch: string): string | undefined;
}

/** Execution providers of ONNX Runtime that Vigilnote was tried with. */
export const PROVIDERS: Readonly<Record<ProviderName, ProviderDescription>> = Object.freeze({
  cpu: {
    executionProviders: ['cpu'],
    unavailable: () => undefined,
  },
  cuda: {
    // What CUDA has no kernel for runs on the CPU.
    executionProviders: ['cuda', 'cpu'],
    // The Node binding is built with CUDA for Linux on x64 alone.
    unavailable: (platform, arch) =>
      platform === 'linux' && arch === 'x64'
        ? undefined
        : `CUDA is available on linux/x64 only, this is ${platform}/${arch}`,
  },
});

/** Which providers to try, in order. */
const CANDIDATES: Readonly<Record<ProviderOption, readonly ProviderName[]>> = Object.freeze({
  auto: ['cuda', 'cpu'],
  cpu: ['cpu'],
  cuda: ['cuda'],
});

export interface OpenedWith<T> {
  readonly value: T;
  readonly provider: ProviderName;
  /** Why a provider that was preferred is not in use. */
  readonly note?: string;
}

/**
 * Opens something with the first provider that loads. Whether CUDA loads is only known by trying:
 * `listSupportedBackends()` says what was packed with the package, not what the loader finds.
 * @param open opens the sessions with these execution providers
 * @throws ExtractionError when none loads, saying why for each
 */
export async function openWithProvider<T>(
  option: ProviderOption,
  open: (executionProviders: ProviderDescription['executionProviders']) => Promise<T>,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): Promise<OpenedWith<T>> {
  const reasons: string[] = [];
  for (const name of CANDIDATES[option]) {
    const unavailable = PROVIDERS[name].unavailable(platform, arch);
    if (unavailable !== undefined) {
      reasons.push(unavailable);
      continue;
    }
    try {
      const value = await open(PROVIDERS[name].executionProviders);
      return { value, provider: name, ...(reasons.length > 0 && { note: reasons.join('; ') }) };
    } catch (error) {
      reasons.push(`${name} does not load: ${firstLine(messageOf(error))}`);
    }
  }
  throw new ExtractionError(
    `the model does not load with provider '${option}' (${reasons.join('; ')}).` +
      (option === 'cuda'
        ? " Use 'auto' or 'cpu', or install the CUDA libraries (docs/gpu.md)."
        : ''),
  );
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}
