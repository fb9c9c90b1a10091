/** All that a service or a client of CDS Hooks 2.0.1 needs: https://cds-hooks.hl7.org/2.0/ */
export * from './card.ts';
export * from './coding.ts';
export * from './context.ts';
export * from './error.ts';
export * from './feedback.ts';
export * from './prefetch.ts';
export * from './prefetch-template.ts';
export * from './request.ts';
export * from './router.ts';
export * from './service.ts';
export * from './without-empty.ts';
