import type { Paper } from '@scalpel/core';

export const bloopPaper: Paper = {
  title: 'Careful with that Scalpel: Improving Gradient Surgery with an EMA',
  authors: 'Hsieh, Thornton, Ndiaye, Klein, Cuturi, Ablin',
  year: 2024,
  arxiv: '2402.02998',
};

export const jacobianDescentPaper: Paper = {
  title: 'Jacobian Descent for Multi-Objective Optimization',
  authors: 'Quinton, Rey',
  year: 2024,
  arxiv: '2406.16232',
};

export const cagradPaper: Paper = {
  title: 'Conflict-Averse Gradient Descent for Multi-task Learning',
  authors: 'Liu, Liu, Jin, Stone, Liu',
  year: 2021,
  arxiv: '2110.14048',
};
