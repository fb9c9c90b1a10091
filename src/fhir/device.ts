import type { Device } from 'fhir/r4.js';
import { digestOf } from '../findings/finding-id.ts';
import { MODEL_IDENTIFIER } from './codes.ts';

/** Logical id of the Device that stands for one set of weights. */
export function deviceId(modelId: string): string {
  return `vigilnote-${digestOf(modelId).slice(0, 32)}`;
}

/**
 * The model as a Device, type as in AI Transparency on FHIR
 * (https://build.fhir.org/ig/HL7/aitransparency-ig/CodeSystem-AIdeviceTypeCS.html).
 */
export function buildDevice(modelId: string): Device {
  return {
    resourceType: 'Device',
    id: deviceId(modelId),
    identifier: [{ system: MODEL_IDENTIFIER, value: modelId }],
    status: 'active',
    manufacturer: 'Vigilnote',
    deviceName: [{ name: 'Vigilnote JNRF', type: 'model-name' }],
    type: {
      coding: [
        {
          system: 'http://hl7.org/fhir/uv/aitransparency/CodeSystem/AIdeviceTypeCS',
          code: 'Artificial-Intelligence',
        },
      ],
      text: 'Artificial intelligence',
    },
    version: [{ value: modelId }],
  };
}
