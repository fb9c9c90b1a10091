import type { AdverseEvent, Extension, Provenance, ProvenanceEntity } from 'fhir/r4.js';
import type { Finding } from '../findings/finding.ts';
import { digestOf } from '../findings/finding-id.ts';
import {
  AI_ASSERTED,
  CONFIDENCE_EXTENSION,
  CONTENT_DIGEST_EXTENSION,
  DERIVATION_REFERENCE,
  DOCUMENT_VERSION_EXTENSION,
  OFFSET_UNIT_EXTENSION,
} from './codes.ts';
import { contentDigest } from './content.ts';
import { deviceId } from './device.ts';
import type { AdverseEventReport } from './report.ts';

/** Logical id of a report's Provenance. */
export function provenanceId({ id }: AdverseEventReport): string {
  return `vigilnote-${digestOf(['provenance', id]).slice(0, 32)}`;
}

/**
 * Who made the AdverseEvent of what: the model, of these places in these versions of these notes.
 * https://hl7.org/fhir/R4/provenance.html
 *
 * @param adverseEvent as it is written beside this
 * @param recorded instant of the first writing, ISO 8601
 */
export function buildProvenance(
  report: AdverseEventReport,
  adverseEvent: AdverseEvent,
  recorded: string,
): Provenance {
  const [best] = report.findings;
  return {
    resourceType: 'Provenance',
    id: provenanceId(report),
    meta: { security: [AI_ASSERTED] },
    extension: [{ url: CONTENT_DIGEST_EXTENSION, valueString: contentDigest(adverseEvent) }],
    target: [{ reference: `AdverseEvent/${report.id}` }],
    recorded,
    activity: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation',
          code: 'CREATE',
          display: 'create',
        },
      ],
    },
    agent: [
      {
        type: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
              code: 'assembler',
              display: 'Assembler',
            },
          ],
        },
        who: { reference: `Device/${deviceId(best.modelId)}` },
      },
    ],
    entity: report.findings.toSorted(byPlace).map(sourceOf),
  };
}

/** In the order of documents and places, so that the same findings give the same resource. */
function byPlace(a: Finding, b: Finding): number {
  const [left, right] = [a, b].map(({ evidence }) => evidence.source.reference);
  if (left !== right) return (left ?? '') < (right ?? '') ? -1 : 1;
  return a.evidence.start - b.evidence.start || (a.id < b.id ? -1 : 1);
}

function sourceOf(finding: Finding): ProvenanceEntity {
  const { source } = finding.evidence;
  const what = source.versionId
    ? `${source.reference}/_history/${source.versionId}`
    : source.reference;
  return {
    extension: [
      derivation(finding),
      { url: CONFIDENCE_EXTENSION, valueDecimal: rounded(finding.confidence) },
      ...(source.versionId
        ? [{ url: DOCUMENT_VERSION_EXTENSION, valueString: source.versionId }]
        : []),
    ],
    role: 'source',
    what: { reference: what },
  };
}

/** The quoted span in the decoded attachment: https://hl7.org/fhir/extensions/StructureDefinition-derivation-reference.html */
function derivation({ evidence }: Finding): Extension {
  const { start, end } = evidence.attachmentSpan;
  return {
    url: DERIVATION_REFERENCE,
    extension: [
      { url: 'reference', valueReference: { reference: evidence.source.reference } },
      { url: 'path', valueString: evidence.source.attachmentPath },
      {
        url: 'offset',
        // The extension says "characters", which every language counts in its own way.
        _valueInteger: { extension: [{ url: OFFSET_UNIT_EXTENSION, valueCode: 'utf-16' }] },
        valueInteger: start,
      },
      { url: 'length', valueInteger: end - start },
    ],
  };
}

function rounded(confidence: number): number {
  return Math.round(confidence * 1000) / 1000;
}
