import type { VocabularySource } from '../vocabulary.ts';

const RXNORM_NOTICE =
  'This product uses publicly available data courtesy of the U.S. National Library of Medicine (NLM), National Institutes of Health, Department of Health and Human Services; NLM is not responsible for the product and does not endorse or recommend this or any other product.';

/** Every source that the starter vocabulary may hold. A row of any other source is left out. */
export const STARTER_SOURCES = {
  rxnorm: {
    id: 'rxnorm',
    title: 'RxNorm, current prescribable content (SAB RXNORM)',
    version: '2025-10-06',
    licence: 'public (NLM)',
    attribution: RXNORM_NOTICE,
  },
  'rxnorm-older': {
    id: 'rxnorm-older',
    title:
      'RxNorm ingredients (RxCUI and name) as listed by nSIDES and the OHDSI Phenotype Library',
    licence: 'public (NLM)',
    attribution: RXNORM_NOTICE,
  },
  drugbank: {
    id: 'drugbank',
    title: 'DrugBank Open Vocabulary: synonyms',
    licence: 'CC0-1.0',
  },
  drugsatfda: {
    id: 'drugsatfda',
    title: 'Drugs@FDA: brand names',
    licence: 'public domain (US government work)',
  },
  drugcentral: {
    id: 'drugcentral',
    title: 'DrugCentral: pharmacologic classes (FDA EPC, MoA, PE; MeSH PA; ChEBI)',
    licence: 'CC-BY-4.0',
    attribution: 'Drug classes from DrugCentral, https://drugcentral.org, CC BY 4.0.',
  },
  'ctcae-5.0': {
    id: 'ctcae-5.0',
    title: 'NCI CTCAE v5.0 terms with their MedDRA codes',
    version: '20.1',
    licence: 'US government work (NCI); MedDRA codes © ICH',
    attribution:
      'MedDRA® is a registered trademark of ICH. Fewer than 1,000 terms, as published openly by NCI in CTCAE.',
  },
  'ctcae-4.03': {
    id: 'ctcae-4.03',
    title: 'NCI CTCAE v4.03 terms with their MedDRA codes',
    version: '12.0',
    licence: 'US government work (NCI); MedDRA codes © ICH',
    attribution: 'MedDRA® is a registered trademark of ICH.',
  },
  mondo: {
    id: 'mondo',
    title: 'MONDO labels mapped to codes that CTCAE publishes',
    licence: 'CC0-1.0 (mapping), CC-BY-4.0 (MONDO)',
    attribution:
      'Labels from the Mondo Disease Ontology, https://mondo.monarchinitiative.org, CC BY 4.0.',
  },
  own: {
    id: 'own',
    title: 'Synonyms, classes and refusals written for Vigilnote (mappings/own)',
    licence: 'Apache-2.0',
  },
} as const satisfies Record<string, VocabularySource>;

export type SourceId = keyof typeof STARTER_SOURCES;
