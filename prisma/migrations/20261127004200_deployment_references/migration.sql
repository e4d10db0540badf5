-- Who else has a release, or goes back to a deployment, is asked for each that is erased.
CREATE INDEX "Deployment_releaseId_idx" ON "Deployment"("releaseId");
CREATE INDEX "Deployment_rollbackOfId_idx" ON "Deployment"("rollbackOfId");
