import type { Paper } from '@scalpel/core';

export const bloopPaper: Paper = {
  title: 'Careful with that Scalpel: Improving Gradient Surgery with an EMA',
  authors: 'Hsieh, Thornton, Ndiaye, Klein, Cuturi, Ablin',
  year: 2024,
  arxiv: '2402.02998',
};
